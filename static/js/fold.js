// A folded part of a form says what stands in it. The server says it when the page is made; this keeps it true while one types.

function labelOf(input) {
  const label = input.labels?.[0]?.cloneNode(true);
  label?.querySelectorAll("small, svg, .visually-hidden").forEach((extra) => extra.remove());
  return (label?.textContent ?? "").trim().replace(/\?$/, "");
}

function shown(input) {
  if (input.type === "checkbox" || input.type === "radio") return input.checked ? labelOf(input).toLowerCase() : "";
  if (!input.value) return "";
  const value = input.type === "date" ? input.valueAsDate.toLocaleDateString(document.documentElement.lang) : input.value;
  return `${labelOf(input).toLowerCase()}: ${value}`;
}

document.querySelectorAll("details[data-fold]").forEach((part) => {
  const line = part.querySelector("[data-said]");
  const unsaid = line.textContent;
  part.addEventListener("change", () => {
    const inputs = [...part.querySelectorAll("input:not([type=hidden])")].filter((input) => input.offsetParent);
    line.textContent = inputs.map(shown).filter(Boolean).join(" · ") || unsaid;
  });
});
