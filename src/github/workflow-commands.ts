import { dropHidden, escapeLogLine } from '../base/escape.ts'
import type { Annotation } from '../report/annotations.ts'

/** The only way that anything is printed to a job's log: a raw line could hold a workflow command of somebody else's. */
export interface Log {
  info(text: string): void
  annotate(annotation: Annotation): void
}

export function createLog(print: (line: string) => void): Log {
  return {
    info(text) {
      for (const line of text.split(/\r\n|\r|\n/)) print(escapeLogLine(line))
    },
    annotate(annotation) {
      print(toCommand(annotation))
    },
  }
}

/** `::error file=…,line=…,title=…::message`, escaped as the runner decodes it. Source: actions/toolkit packages/core/src/command.ts */
function toCommand({ level, title, message, file, startLine, endLine }: Annotation): string {
  const properties = [
    ['title', title],
    ['file', file],
    ['line', startLine],
    ['endLine', endLine],
  ] as const
  const given = properties.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`${name}=${escapeProperty(name === 'file' ? String(value) : dropHidden(String(value)))}`],
  )
  const text = message
    .split(/\r\n|\r|\n/)
    .map(dropHidden)
    .join('\n')
  return `::${level} ${given.join(',')}::${escapeData(text)}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
