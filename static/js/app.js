// What every page may use. Everything works without it; it only makes things quicker and safer.

const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";

/** Puts the reader where it matters: on the error summary after a form came back. */
function focusSummary() {
  document.querySelector("[data-focus]")?.focus();
}

/** A form that must not be sent twice: the button stays visible and keeps its name and value, but a second press does
    nothing. Not `disabled`: a disabled button does not travel with the form, and the server asks which one was pressed. */
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 8000);
}

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

/** Saves a long form while one types: a second and a half after the last change, and at once when the page goes away.
    One save runs at a time; what changed meanwhile is saved after it. A failed save leaves the text where it is. */
function autosave(form) {
  const line = form.querySelector("[data-saved]");
  let timer = null;
  let busy = false;
  let again = false;
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(save, 1500);
  };
  async function save() {
    timer = null;
    if (form.dataset.sent) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST",
        body: typedIn(form),
        headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch", Accept: "application/json" },
        redirect: "error",
      });
      if (!answer.ok) throw new Error(answer.status);
      follow(form, await answer.json().catch(() => ({})));
      const now = new Date();
      say(line, line?.dataset.savedText.replace("{time}", `${now.getHours()}.${String(now.getMinutes()).padStart(2, "0")}`));
    } catch (failure) {
      say(line, failure.message === "409" ? line?.dataset.savedStale : line?.dataset.savedFailed);
    } finally {
      busy = false;
      if (again) {
        again = false;
        schedule();
      }
    }
  }
  form.addEventListener("input", schedule);
  form.addEventListener("change", schedule);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) save();
  });
}

/** The fields without files: those travel only when the form is really sent. */
function typedIn(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

/** A draft that was just made has an address of its own, and a version: use them from now on. */
function follow(form, answer) {
  const own = (path) => typeof path === "string" && path.startsWith("/") && !path.startsWith("//");
  if (own(answer.autosave_url)) form.dataset.autosaveUrl = answer.autosave_url;
  if (own(answer.url)) form.action = answer.url;
  if (own(answer.page)) history.replaceState(null, "", answer.page);
  for (const [name, value] of Object.entries(answer.fields ?? {})) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement && field.type === "hidden") field.value = value;
  }
}

function say(line, words) {
  if (!line || !words) return;
  line.hidden = false;
  line.querySelector("span").textContent = words;
}

document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});
document.querySelectorAll("form[data-autosave-url]").forEach(autosave);
focusSummary();
