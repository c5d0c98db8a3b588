// Progressive enhancement only: every page works without this file.

async function copy(button) {
  const value = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // Without https there is no clipboard: mark the value, so that the keyboard's own copy takes it.
    const code = button.parentElement.querySelector('code');
    if (code) getSelection().selectAllChildren(code);
    return;
  }
  const said = document.getElementById('said');
  button.dataset.copied = '';
  said.textContent = `${said.dataset.copied} ${value}`;
  setTimeout(() => delete button.dataset.copied, 2000);
}

document.addEventListener('click', (event) => {
  const on = (selector) => event.target.closest(selector);
  if (on('[data-copy]')) copy(on('[data-copy]'));
  if (on('[data-dialog]')) document.getElementById(on('[data-dialog]').dataset.dialog).showModal();
  if (on('[data-print]')) print();
  // A step that is folded away opens when something points at it.
  const link = on('a[href^="#"]');
  if (link?.hash) document.querySelector(link.hash)?.closest('details')?.setAttribute('open', '');
  const menu = document.querySelector('.account[open]');
  if (menu && !menu.contains(event.target)) menu.open = false;
});

document.addEventListener('keydown', (event) => {
  const menu = document.querySelector('.account[open]');
  if (event.key !== 'Escape' || !menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});

// An address is either chosen or typed.
document.addEventListener('input', (event) => {
  const typed = document.getElementById('other');
  if (!typed) return;
  if (event.target.name === 'address') typed.value = '';
  if (event.target === typed) document.querySelectorAll('[name=address]').forEach((radio) => { radio.checked = false; });
});

// What htmx has just brought in: a dialog opens; an answer takes the focus if nothing else has it.
document.addEventListener('htmx:afterSettle', (event) => {
  event.target.querySelector(':scope > dialog[data-open]')?.showModal();
  const answer = document.querySelector('[data-answer]');
  if (answer && document.activeElement === document.body) answer.focus({ preventScroll: true });
});

// A form whose answer takes the place of the page: a refusal is a page as well. Without any the form says so.
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  const isPage = detail.xhr.getResponseHeader('Content-Type')?.startsWith('text/html');
  if (detail.requestConfig.verb === 'post' && detail.target.id === 'main') detail.shouldSwap = isPage;
});
for (const failure of ['htmx:sendError', 'htmx:responseError']) {
  document.addEventListener(failure, ({ target }) => target.querySelector('[data-unsent]')?.removeAttribute('hidden'));
}

// A page that gets no news says so, and asks less and less often.
let pause = 0;
let silentUntil = 0;

function answered(isAnswer) {
  const page = document.querySelector('[data-pause]');
  if (!page || (isAnswer && !pause)) return;
  const { pause: first, longestPause } = page.dataset;
  const away = page.querySelector('[data-away]');
  const said = document.getElementById('said');
  if (isAnswer) said.textContent = '';
  else if (!pause) said.textContent = away.textContent;
  pause = isAnswer ? 0 : Math.min(2 * (pause || Number(first)), Number(longestPause));
  silentUntil = Date.now() + pause;
  away.hidden = isAnswer;
  page.querySelector('[data-here]').hidden = !isAnswer;
}

document.addEventListener('htmx:beforeRequest', (event) => {
  if (event.target.matches('[data-pause]') && Date.now() < silentUntil) event.preventDefault();
});
document.addEventListener('htmx:beforeOnLoad', ({ detail }) => answered(detail.xhr.status < 500));
for (const failure of ['htmx:sendError', 'htmx:timeout']) document.addEventListener(failure, () => answered(false));

// What was typed meanwhile stays, and so does the cursor.
let written = [];
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  written = [...detail.target.querySelectorAll('[data-keep] :is(input:not([type=hidden]), select, textarea)')];
});
document.addEventListener('htmx:afterSwap', () => {
  for (const before of written) {
    const field = document.getElementById(before.id);
    const offered = field?.options && [...field.options].some((option) => option.value === before.value);
    if (!field || field === before || (field.options && !offered)) continue;
    field.value = before.value;
    if (field === document.activeElement && field.setSelectionRange) field.setSelectionRange(before.selectionStart, before.selectionEnd);
  }
  written = [];
});

// Ticks stay on this device, for this address and app, where it stores them.
const ticks = [...document.querySelectorAll('.track.steps input[type=checkbox]')];

function keepTicks() {
  const ticked = ticks.map((box, place) => (box.checked ? place : -1)).filter((place) => place >= 0);
  document.getElementById('ticks').hidden = ticked.length === 0;
  try {
    if (ticked.length) localStorage.setItem(location.pathname, JSON.stringify(ticked));
    else localStorage.removeItem(location.pathname);
  } catch { /* a private window */ }
}

if (ticks.length) {
  try {
    JSON.parse(localStorage.getItem(location.pathname) ?? '[]').forEach((place) => { if (ticks[place]) ticks[place].checked = true; });
  } catch { /* something else was kept there */ }
  keepTicks();
  document.addEventListener('change', (event) => { if (ticks.includes(event.target)) keepTicks(); });
  document.querySelector('[data-untick]').addEventListener('click', () => {
    ticks.forEach((box) => { box.checked = false; });
    keepTicks();
  });
}
