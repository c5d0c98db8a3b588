// Delta Chat takes a login only with its password in the code (dclogin, chatmail/core src/qr/dclogin_scheme.rs),
// so the code is drawn here, in the browser, and the password is sent nowhere.

import { generate } from './lean-qr-nano-2.7.4.js';

const form = document.getElementById('delta-chat');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const password = form.querySelector('input').value;
  const { address, parameters } = form.dataset;
  const parts = new URLSearchParams({ ...JSON.parse(parameters), p: password, v: '1' });
  // Its reader decodes like a form; URLSearchParams writes a space as +, which it takes for one.
  const code = generate(`dclogin://${encodeURIComponent(address).replace('%40', '@')}?${parts}`);
  const { size } = code;
  let path = '';
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (code.get(column, row)) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  const drawing = form.nextElementSibling.querySelector('svg');
  drawing.setAttribute('viewBox', `-2 -2 ${size + 4} ${size + 4}`);
  drawing.querySelector('path').setAttribute('d', path);
  form.nextElementSibling.hidden = false;
  form.reset();
});
