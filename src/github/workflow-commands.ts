import { dropHidden, escapeLogLine } from '../base/escape.ts'

/** The only way that anything is printed to a job's log: a raw line could hold a workflow command of somebody else's. */
export interface Log {
  info(text: string): void
  annotate(annotation: Annotation): void
}

export type AnnotationLevel = 'error' | 'warning' | 'notice'

/** A remark that GitHub shows at a file's line and on the run's page. Text may hold anything. */
export interface Annotation {
  readonly level: AnnotationLevel
  readonly title: string
  readonly message: string
  readonly file?: string
  /** 1-based. */
  readonly line?: number
  readonly endLine?: number
}

/** The runner cuts a message there. Source: actions/runner src/Runner.Worker/ExecutionContext.cs (_maxIssueMessageLength) */
const MOST_MESSAGE = 4_096

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
function toCommand({ level, title, message, file, line, endLine }: Annotation): string {
  const properties = [
    ['title', title],
    ['file', file],
    ['line', line],
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
  return `::${level} ${given.join(',')}::${escapeData(cut(text))}`
}

function cut(text: string): string {
  return text.length <= MOST_MESSAGE ? text : `${text.slice(0, MOST_MESSAGE - 2).replace(/[\ud800-\udbff]$/, '')} …`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
