// What Django's admin draws by script has no names of its own for who can't see it.
const nameBoxes = (root) => {
  for (const select of root.querySelectorAll("select.admin-autocomplete")) {
    const label = select.labels[0];
    const box = select.nextElementSibling?.querySelector("[role=combobox]");
    if (!label || !box) continue;
    label.id ||= `${select.id}_label`;
    const chosen = box.querySelector("[role=textbox]");
    box.setAttribute("aria-labelledby", `${label.id} ${chosen?.id ?? ""}`);
    chosen?.setAttribute("aria-labelledby", label.id);
  }
  for (const mark of root.querySelectorAll(".search-label-icon[aria-label]")) mark.setAttribute("role", "img");
};
// Django draws at both of these signs, and before this.
window.django?.jQuery?.(() => nameBoxes(document));
addEventListener("load", () => nameBoxes(document));
// Django draws the boxes of a new row when it hears of it, as this does.
document.addEventListener("formset:added", (event) => setTimeout(nameBoxes, 0, event.target));
