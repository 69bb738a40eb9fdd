/**
 * builtin-summaries — one line about each builtin and keyword of the shell, for help and man
 */
export const builtinSummaries: Readonly<Record<string, string>> = Object.freeze({
  cd: 'change the directory: cd /etc/postfix, cd -, cd',
  export: 'give a variable to programs: export NAME=VALUE',
  read: 'read a line into variables: while read -r a b; do …; done',
  set: 'options and arguments: set -e, set -x, set -u, set -o pipefail, set -- a b',
  unset: 'forget a variable or function',
  eval: 'run text as a command',
  source: 'run the commands of a file here; also "."',
  exit: 'leave the shell: exit [STATUS]',
  return: 'leave a function',
  break: 'leave a loop',
  continue: 'go on with the next round of a loop',
  shift: 'drop the first argument',
  local: 'a variable of this function alone',
  type: 'what a name means to the shell',
  let: 'arithmetic: let n=n+1',
  wait: 'wait for jobs in the background',
  jobs: 'list them',
  kill: 'end one: kill %1, kill PID',
  history: 'what was typed',
  if: 'if COMMAND; then …; elif …; else …; fi',
  for: 'for NAME in WORDS; do …; done',
  while: 'while COMMAND; do …; done',
  until: 'until COMMAND; do …; done',
  case: 'case WORD in PATTERN) …;; esac',
});
