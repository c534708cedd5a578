// driver.mjs: the C driver as a function.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Driver {
  constructor(path) {
    this.path = path;
    this.waiting = [];
    this.kept = [];
    this.start();
  }

  start() {
    const child = spawn(this.path, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child = child;
    child.on('exit', (code, signal) => {
      if (child === this.child) {
        this.waiting.splice(0).forEach(({ reject }) => reject(new Error(`the driver ended: ${signal ?? code}`)));
        this.child = undefined;
      }
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.waiting.shift().resolve(JSON.parse(line)));
  }

  // The answer to a command. A schema with keep is kept over a crash, too.
  call(command) {
    if (this.child === undefined) {
      this.start();
      this.kept.forEach((kept) => this.send(kept));
    }
    if (command.keep !== undefined) {
      this.kept.push(command);
    }
    return this.send(command);
  }

  send(command) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(JSON.stringify(command) + '\n');
    });
  }

  stop() {
    const child = this.child;
    this.child = undefined;
    child?.stdin.end();
  }
}
