// A key or passkey that was not used: say so on the page, where django-allauth tells only the console.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault();
  const trouble = document.getElementById('key_trouble');
  trouble.hidden = false;
  trouble.scrollIntoView({ block: 'nearest' });
});
