// Tabs, as the ARIA practices describe them: one tab is in the tab order, and arrow keys move between them.

// makeTabs calls chosen with the id of each panel that is opened.
export function makeTabs(list, chosen = () => {}) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const choose = (open) => {
    for (const tab of tabs) {
      const isChosen = tab === open;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
    }
    chosen(open.getAttribute("aria-controls"));
  };
  const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
  for (const [i, tab] of tabs.entries()) {
    tab.onclick = () => choose(tab);
    tab.onkeydown = (event) => {
      const step = steps[event.key];
      if (!step) return;
      event.preventDefault();
      const to = Number.isFinite(step) ? (i + step + tabs.length) % tabs.length : step < 0 ? 0 : tabs.length - 1;
      choose(tabs[to]);
      tabs[to].focus();
    };
  }
  choose(tabs[0]);
}
