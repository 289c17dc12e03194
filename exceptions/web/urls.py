"""The addresses of the pages."""

from django.urls import path

from exceptions.web import palette, queue, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("", queue.queue, name="queue"),
    path("palette/", palette.palette, name="palette"),
]
