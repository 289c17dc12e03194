// Passkeys: forms with data-passkey ask the browser for one and send its answer. webauthnJSON is allauth's.
const ask = {
  "create": async (form) => {
    const options = JSON.parse(form.dataset.options);
    const alone = form.elements.passwordless.checked;
    const choice = options.publicKey.authenticatorSelection ??= {};
    choice.residentKey = alone ? "required" : "discouraged";
    choice.requireResidentKey = alone;
    if (alone) choice.userVerification = "required";
    return window.webauthnJSON.create(options);
  },
  "use": (form) => window.webauthnJSON.get(JSON.parse(form.dataset.options)),
  "sign-in": async (form) => {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    return window.webauthnJSON.get((await answer.json()).request_options);
  },
};

async function press(form, button) {
  const told = form.querySelector(".error");
  told.hidden = true;
  button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify(await ask[form.dataset.passkey](form));
    form.submit();
  } catch {
    told.hidden = false;
    button.disabled = false;
  }
}

// Without passkeys in the browser, the forms that offer one beside other ways stay hidden.
document.querySelectorAll("form[data-passkey]").forEach((form) => {
  if (window.PublicKeyCredential) form.hidden = false;
  const button = form.querySelector("button[type=button]");
  button.addEventListener("click", () => press(form, button));
  form.addEventListener("submit", (event) => { if (!form.elements.credential.value) { event.preventDefault(); press(form, button); } });
});
