"""Records what the real bash and tools of this machine print for each command of commands.txt, in a directory with
the files below. Run it again after adding commands: python3 tests/commands/shell/recorded/record.py"""
import os, subprocess, tempfile, json, pathlib

here = pathlib.Path(__file__).parent
files = json.loads((here / 'files.json').read_text())
out = []
for command in (here / 'commands.txt').read_text().rstrip('\n').split('\n%%\n'):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        ran = subprocess.run(
            ['bash', '-c', command], cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=20,
            env={'PATH': os.environ['PATH'], 'LC_ALL': 'C', 'TZ': 'UTC', 'HOME': '/root'},
        )
        text = ran.stdout.decode('latin1').replace(root, '/tmp/work')
        out.append({'command': command, 'status': ran.returncode, 'output': text})
(here / 'recorded.json').write_text(json.dumps(out, indent=1, ensure_ascii=True) + '\n')
print(len(out), 'commands')
