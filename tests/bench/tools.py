# SPDX-License-Identifier: GPL-2.0
"""ip and srproxyctl, started once and given commands as they come: on UML a process is slow to start."""

import subprocess

SHOWN = 20


class Tool:
    """A program that reads commands, in a namespace."""

    def __init__(self, ns, command, question, answer):
        """question is a command that does nothing, answer the beginning of the last line that it prints."""
        self.name, self.question, self.answer = f"in {ns.name}: {' '.join(command)}", question, answer
        with ns:
            self.process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.STDOUT)

    def __call__(self, commands):
        """Have them done."""
        print(self.name, *commands[:SHOWN], *(["…"] if len(commands) > SHOWN else []), sep="\n")
        self.process.stdin.write("\n".join([*commands, self.question, ""]))
        self.process.stdin.flush()
        printed = []
        for line in self.process.stdout:
            printed.append(line)
            if line.strip().startswith(self.answer):
                return
        raise RuntimeError(f"{self.name}: {''.join(printed)}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
