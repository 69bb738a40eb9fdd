/**
 * programs — what is installed on a host: the tools by name, with Postfix's commands
 *
 * Loaded late: nothing that runs before the first delivery imports this.
 */
import { rndc } from './bind/rndc.ts';
import { chmod, cp, mkdir, mv, rm, rmdir, touch } from './files/change.ts';
import { find } from './files/find.ts';
import { basename, df, dirname, du, file, realpath, stat } from './files/look.ts';
import { ls } from './files/ls.ts';
import { env, help, hostname, id, man, pgrep, ps, uname, which, whoami, wrapper } from './host/about.ts';
import { clearScreen, date, sleep, timeout, uptime, watch } from './host/clock.ts';
import { editor } from './host/editor.ts';
import { xargs } from './host/xargs.ts';
import { dig } from './net/dns/dig.ts';
import { host } from './net/dns/host.ts';
import { nslookup } from './net/dns/nslookup.ts';
import { nc } from './net/nc.ts';
import { swaks } from './net/swaks/swaks.ts';
import { telnet } from './net/telnet.ts';
import { postfixPrograms } from './postfix-programs.ts';
import { bash } from './shell/bash.ts';
import type { Installed, Programs } from './shell/process.ts';
import { installRaw, installTool, type RawTool, type Tool } from './shell/tool.ts';
import { awk } from './text/awk/awk.ts';
import { cat, tac, tee } from './text/cat.ts';
import { column, cut, nl, paste, rev, tr, uniq, wc } from './text/columns.ts';
import { echo, printf, seq, yes } from './text/echo.ts';
import { grep } from './text/grep.ts';
import { head } from './text/head.ts';
import { less } from './text/less.ts';
import { sed } from './text/sed/sed.ts';
import { sort } from './text/sort.ts';
import { tail } from './text/tail.ts';
import { falseTool, pwd, test, trueTool } from './text/test.ts';

const tools: Readonly<Record<string, Tool>> = Object.freeze({
  awk,
  basename,
  cat,
  chgrp: chmod,
  chmod,
  chown: chmod,
  column,
  cp,
  cut,
  date,
  df,
  dirname,
  du,
  egrep: grep,
  fgrep: grep,
  file,
  grep,
  head,
  host,
  hostname,
  less,
  ls,
  mkdir,
  more: less,
  mv,
  nc,
  netcat: nc,
  nl,
  paste,
  pgrep,
  realpath,
  rev,
  rm,
  rmdir,
  rndc,
  sed,
  seq,
  sort,
  stat,
  tac,
  tail,
  tee,
  telnet,
  timeout,
  touch,
  tr,
  uniq,
  watch,
  wc,
  xargs,
});

const rawTools: Readonly<Record<string, RawTool>> = Object.freeze({
  ':': trueTool,
  '[': test,
  bash,
  clear: clearScreen,
  dig,
  echo,
  edit: editor,
  emacs: editor,
  env,
  false: falseTool,
  find,
  help,
  id,
  man,
  nano: editor,
  nice: wrapper,
  nohup: wrapper,
  nslookup,
  printenv: env,
  printf,
  ps,
  pwd,
  reset: clearScreen,
  sh: bash,
  sleep,
  sudo: wrapper,
  swaks,
  test,
  true: trueTool,
  uname,
  uptime,
  vi: editor,
  view: editor,
  vim: editor,
  which,
  whoami,
  yes,
});

/** All of them. */
export function installedPrograms(): Programs {
  const byName = new Map<string, Installed>();
  for (const [name, tool] of Object.entries(tools)) byName.set(name, installTool(name, tool));
  for (const [name, tool] of Object.entries(rawTools)) byName.set(name, installRaw(name, tool));
  for (const [name, program] of postfixPrograms()) byName.set(name, program);
  return {
    find: (name) => byName.get(name.replace(/^(?:\/usr)?\/s?bin\//, '')) ?? null,
    names: [...byName.keys()].sort(),
  };
}
