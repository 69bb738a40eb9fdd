/** main — starts the world of the first screen at once, then draws the page over it */
import { mount } from 'svelte';

import App from './App.svelte';
import { Desk } from './routes/desk.svelte.ts';
import { Router } from './routes/router.svelte.ts';
import { Settings } from './ui/settings.svelte.ts';

if (!document.documentElement.hasAttribute('data-old')) {
  const router = new Router();
  const settings = new Settings();
  const desk = new Desk(settings);
  desk.follow(router.route); // the workers boot while the page is drawn
  const target = document.getElementById('app')!;
  target.replaceChildren();
  target.setAttribute('data-ready', '');
  mount(App, { target, props: { router, desk, settings } });
}
