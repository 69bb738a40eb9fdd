// Runs before anything is painted, in any browser: the chosen theme, whether this browser can run Postroom at all, and
// the start of the simulation's worker.
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
  // The simulation's worker starts while the page's own program is fetched; src/sim/client.ts takes it over.
  // The build writes its address here.
  var address = document.currentScript.getAttribute('data-simulation');
  if (!able || !address || !/^(#?\/?$|#\/sandbox\/)/.test(location.hash)) return;
  var worker = new Worker(address, { type: 'module', name: 'simulation' });
  worker.onerror = function () {
    delete window.simulationStartedEarly; // whoever starts it again is told why
  };
  window.simulationStartedEarly = worker;
})();
