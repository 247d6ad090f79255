import { describe, expect, it } from 'vitest'
import { commandUsage, usage } from './command-help.ts'
import { COMMANDS, type CommandName, readCall } from './command-line.ts'

describe('readCall', () => {
  it('reads a call', () => {
    const call = readCall(['review', '--base', 'main', '--head', 'HEAD', '--format', 'json', '--fail-on', 'low'], false)
    expect(call).toMatchObject({ command: 'review', operands: [], format: 'json' })
    expect(call.options).toMatchObject({ base: 'main', head: 'HEAD', failOn: 'low' })
  })

  it.each([
    [[], 'no command given'],
    [['revew'], 'no command "revew"; there are review, audit'],
    [['__proto__'], 'no command "__proto__"'],
    [['review', '--base', 'a'], '--head is missing'],
    [['review', '--bse', 'a'], "Unknown option '--bse'"],
    [['review', '--base', 'a', '--head', 'b', '--port', '80'], 'review takes no --port'],
    [['list'], 'list needs a tree'],
    [['diff', 'a'], 'diff needs 2 trees'],
    [['list', 'a', 'b'], '"b" is one argument too many'],
    [['list', 'a', '--format', 'pdf'], '--format takes text, json, dot, mermaid, np-guard, not "pdf"'],
    [['audit', 'a', '--fail-on', 'hihg'], '--fail-on takes critical, high, medium, low, note, none, not "hihg"'],
    [['eval', 'a', '--port', '0'], '--port takes a number from 1 to 65535, not "0"'],
  ])('%j: %s', (args, message) => {
    expect(() => readCall(args, false)).toThrow(message)
  })
})

it('helps with every command, and with every option of it that is its own', () => {
  for (const [name, { usage: line, options }] of Object.entries(COMMANDS)) {
    expect(usage()).toContain(line)
    const help = commandUsage(name as CommandName)
    for (const option of options)
      if (line.includes(`--${option}`)) expect(help).toMatch(new RegExp(`^ {2}--${option}\\b`, 'm'))
  }
})
