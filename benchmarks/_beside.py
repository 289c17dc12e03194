"""The tower's own web application with one view more: it stores what is posted, and asks nothing.

What it takes is what web server, middleware and database take; the door is measured against that.
"""

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from controltower.slow_senders import Patience

STORE = """
INSERT INTO integrations_inboxdelivery (
    connection_id, source_id, key, received_at, body, headers, state, next_attempt_at,
    attempts, duplicates, outcome
)
SELECT connection_id, id, %s, now(), %s, '{}', 'done', now(), 0, 0, ''
FROM integrations_eventsource ORDER BY id LIMIT 1
"""


@csrf_exempt
@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(STORE, [uuid.uuid4().hex, request.read()])
    return HttpResponse(status=202)


urlpatterns = [path("bare/", bare), path("", include("controltower.urls"))]

settings.ROOT_URLCONF = __name__
application = Patience(get_wsgi_application(), threads=8)  # as benchmarks.hooks starts it
