// Live parts of a page, over htmx: the token on every request, and a conversation that keeps the reader's place.

const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-Requested-With"] = "fetch";
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});

// A tab in the background asks nothing: it would keep a session alive that nobody watches.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.closest("[data-live]")) event.preventDefault();
});

// Signed out meanwhile: the answer would be a whole page. Leave what is there, and stop asking.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, elt } = event.detail;
  if (!elt.closest("[data-live]")) return;
  const wholePage = /^\s*<!doctype/i.test(xhr.responseText);
  if (wholePage || xhr.status >= 400) {
    event.detail.shouldSwap = false;
    if (wholePage || xhr.status === 404 || xhr.status === 403) elt.remove();
  }
});

// New messages: stay at the end for who reads the end, stay put for who reads above.
let atEnd = false;
const thread = () => document.querySelector("[data-live]");
const endInView = () => {
  const last = thread()?.lastElementChild?.previousElementSibling;
  return last ? last.getBoundingClientRect().top < window.innerHeight : false;
};
document.addEventListener("htmx:beforeSwap", () => { atEnd = endInView(); });
document.addEventListener("htmx:afterSettle", () => {
  if (!atEnd) return;
  const last = thread()?.querySelector(".tf-msg:last-of-type, li[id]:last-of-type");
  last?.scrollIntoView({ block: "nearest" });
});
