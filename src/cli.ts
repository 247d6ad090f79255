#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { escapeTerminal } from './base/escape.ts'
import { InputError } from './base/problem.ts'
import { readCall, usage } from './command-line.ts'
import { runCommand } from './run-command.ts'

const argv = process.argv.slice(2)
if (argv.length === 0 || argv[0] === '--help' || argv[0] === 'help') {
  process.stdout.write(`${usage()}\n`)
  process.exitCode = argv.length === 0 ? 2 : 0
} else {
  process.exitCode = main()
}

function main(): number {
  try {
    const terminal = process.stdout.isTTY === true
    const call = readCall(argv, terminal)
    const { output, exitCode, messages } = runCommand(call, {
      color: terminal && process.env['NO_COLOR'] === undefined,
      ...(terminal && { width: process.stdout.columns }),
      today: call.options.today ?? new Date().toISOString().slice(0, 10),
    })
    for (const message of messages) process.stderr.write(`${escapeTerminal(message)}\n`)
    if (call.options.output === undefined) process.stdout.write(output)
    else writeFileSync(call.options.output, output)
    return exitCode
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { file, line, message } = error
    const place = file === undefined ? '' : `${file}:${line === undefined ? '' : `${line}:`} `
    const words = message
      .split('\n')
      .map((row) => escapeTerminal(row))
      .join('\n')
    process.stderr.write(`ringfence: ${escapeTerminal(place)}${words}\n`)
    return 2
  }
}
