// What every page may use. Everything works without it; it only makes things quicker and safer.

/** Puts the reader where it matters: on the error summary after a form came back. */
function focusSummary(root) {
  const summary = root.querySelector("[data-focus]");
  if (summary) summary.focus();
}

/** A form that must not be sent twice: the button stays visible and keeps its name and value, but a second press does
    nothing. Coming back with the browser's back button makes it usable again. */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button) button.setAttribute("aria-busy", "true");
    // Not `disabled`: a disabled button does not travel with the form, and the server asks which one was pressed.
    setTimeout(() => release(form), 8000);
  });
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});

document.querySelectorAll("form[method=post]").forEach(sendOnce);
focusSummary(document);
for (const form of document.querySelectorAll("form[data-autosave-url]")) {
  import("./autosave.js").then((module) => module.autosave(form));
}
