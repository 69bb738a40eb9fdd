// Runs before anything is painted, in any browser: the chosen theme, and whether this browser can run Postroom at all.
(function () {
  var root = document.documentElement;
  try {
    var settings = JSON.parse(localStorage.getItem('postroom:settings') || '{}');
    if (settings.theme === 'light' || settings.theme === 'dark') root.setAttribute('data-theme', settings.theme);
    if (settings.motion === 'less') root.setAttribute('data-motion', 'less');
  } catch (e) {}
  if (/^#\/./.test(location.hash)) root.setAttribute('data-deep', '');
  // light-dark() came after module workers, so one test covers both.
  var able =
    typeof Worker === 'function' &&
    typeof structuredClone === 'function' &&
    typeof MessageChannel === 'function' &&
    'noModule' in HTMLScriptElement.prototype &&
    typeof CSS !== 'undefined' &&
    CSS.supports('color', 'light-dark(#fff, #000)');
  if (!able) root.setAttribute('data-old', '');
})();
