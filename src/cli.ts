#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { escapeTerminal } from './base/escape.ts'
import { InputError } from './base/problem.ts'
import { commandUsage, usage } from './command-help.ts'
import { COMMANDS, type CommandName, readCall } from './command-line.ts'
import { runCommand } from './run-command.ts'
import { VERSION } from './version.ts'

const argv = process.argv.slice(2)
const help = helpText()
if (help !== undefined) {
  process.stdout.write(`${help}\n`)
  process.exitCode = argv.length === 0 ? 2 : 0
} else {
  process.exitCode = main()
  // All is said: what the event loop would still do is collect memory that ends with the process.
  process.stdout.write('', () => process.exit())
}

/** What is asked for instead of an analysis; undefined for a command that is to be run. */
function helpText(): string | undefined {
  const [first, second] = argv
  const isHelp = (word: string | undefined) => word === '--help' || word === '-h' || word === 'help'
  if (first === '--version') return VERSION
  if (first === undefined) return usage()
  const name = isHelp(first) ? second : argv.some((word) => word === '--help' || word === '-h') ? first : undefined
  if (name !== undefined && Object.hasOwn(COMMANDS, name)) return commandUsage(name as CommandName)
  return isHelp(first) ? usage() : undefined
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
    else writeOutput(call.options.output, output)
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

function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new InputError(`--output ${file} cannot be written: ${error instanceof Error ? error.message : error}`)
  }
}
