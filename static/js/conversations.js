// Quick replies: without script a link that reloads the page with the text filled in; with it, the text joins what was typed.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-fill]");
  const area = document.querySelector("#schrijf textarea");
  if (!link || !area || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const typed = area.value.trimEnd();
  if (!typed.includes(link.dataset.fill.trim())) area.value = typed ? `${typed}\n\n${link.dataset.fill}` : link.dataset.fill;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  area.scrollIntoView({ block: "center" });
});
