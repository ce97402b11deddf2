// The long form shows what belongs to the chosen kind. Without script the page does so after a save.

const form = document.querySelector("form[data-offer]");

function show() {
  const kind = form.querySelector("input[name=kind]:checked")?.value ?? "";
  for (const part of form.querySelectorAll("[data-kinds]")) {
    const kinds = part.dataset.kinds.split(" ");
    const wrong = part.querySelector(".tf-field--error"); // what must be mended stays in sight
    part.hidden = kind ? !kinds.includes(kind) && !wrong : part.dataset.start === "hidden";
  }
}

if (form) {
  for (const part of form.querySelectorAll("[data-kinds]")) part.dataset.start = part.hidden ? "hidden" : "";
  form.addEventListener("change", (event) => {
    if (event.target.name === "kind") show();
  });
  show();
}
