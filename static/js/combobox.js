// A text field that offers a list while one types: the ARIA 1.2 combobox with a list, over a field and a search button.

let count = 0;

// The list takes the search button's place. Enter in any field of the form (the phone's "Go") presses the form's first submit
// button, out of sight or not: an own one in front keeps it from searching instead of sending.
function withoutGo(go) {
  go.hidden = true;
  const send = document.createElement("button");
  send.hidden = true;
  go.form?.prepend(send);
}

function enhance(box) {
  const input = box.querySelector("input");
  const into = document.getElementById(box.dataset.into ?? "");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let options = [];
  let active = -1;
  let timer = null;
  let asked = 0;

  list.id = `keuzes-${++count}`;
  list.className = "tf-combo__list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.list);
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
  })) input.setAttribute(name, value);
  box.append(list, said);
  const go = box.querySelector("[data-combobox-go]");
  if (go) withoutGo(go);

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(n) {
    active = options.length ? (n + options.length) % options.length : -1;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    const item = list.children[active];
    if (!item) return;
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  function choose(n) {
    const option = options[n];
    if (!option) return;
    input.value = option.label;
    if (into) into.value = option.value;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    box.dispatchEvent(new CustomEvent("combobox:chosen", { bubbles: true, detail: option }));
  }

  function show(found) {
    options = found;
    list.replaceChildren(...found.map((option, i) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.append(option.label);
      if (option.more) {
        const more = document.createElement("small");
        more.textContent = option.more;
        item.append(more);
      }
      item.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(i);
      });
      return item;
    }));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    said.textContent = found.length ? box.dataset.some.replace("{n}", found.length) : box.dataset.none;
    said.className = found.length ? "visually-hidden" : "tf-combo__none";
    active = -1;
    input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const words = input.value.trim();
    const mine = ++asked;
    if (words.length < 2) {
      said.className = "visually-hidden";
      return close();
    }
    try {
      const url = new URL(box.dataset.url, location.href);
      url.searchParams.set(box.dataset.asks ?? "q", words);
      const answer = await fetch(url, { headers: { Accept: "application/json", "X-Requested-With": "fetch" } });
      if (answer.ok && mine === asked && document.activeElement === input) show((await answer.json()).slice(0, 12));
    } catch {
      close(); // without the list it is still a text field with a search button
      go?.removeAttribute("hidden");
    }
  }

  input.addEventListener("input", () => {
    if (into) into.value = ""; // what was chosen no longer holds
    clearTimeout(timer);
    timer = setTimeout(ask, 180);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") {
      if (active >= 0) choose(active);
      else close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 120));
}

document.querySelectorAll("[data-combobox]").forEach(enhance);
