import type { Problem } from '../../base/problem.ts'
import type { UnitRequest } from '../front-end.ts'
import { Budget } from './budget.ts'
import { evaluate } from './evaluate.ts'
import { refuse } from './failure.ts'
import type { ModuleConfig } from './module-config.ts'
import type { FolderIndex, ModuleFiles } from './module-files.ts'
import type { Assignment } from './module-instance.ts'
import { parseFile } from './parse-file.ts'
import type { Attribute } from './syntax.ts'

/**
 * The values that variable files give to a root module's variables. Later files win: `terraform.tfvars`,
 * `terraform.tfvars.json`, `*.auto.tfvars` and `*.auto.tfvars.json` by name, then the inputs of the request.
 * Source: developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
 */
export function readVariableFiles(
  files: ModuleFiles,
  folders: FolderIndex,
  request: UnitRequest,
  root: ModuleConfig,
  problems: Problem[],
): Map<string, Assignment> {
  const automatic = automaticFiles(folders, request.path)
  const budget = new Budget()
  const assignments = new Map<string, Assignment>()
  for (const path of [...automatic, ...request.inputs]) {
    const read = files.read(path)
    if (!read.ok) {
      problems.push({ code: 'not-readable', message: read.message, at: { file: path } })
      continue
    }
    const file = parseFile(read.source)
    problems.push(...file.problems)
    for (const attribute of file.body.attributes) {
      if (root.variables.has(attribute.name)) assignments.set(attribute.name, toAssignment(attribute, budget))
    }
  }
  return assignments
}

/** Paths of the variable files that the tool reads by itself, in the order in which later ones win. */
export function automaticFiles(folders: FolderIndex, root: string): readonly string[] {
  const inFolder = folders.filesOf(root)
  return [
    ...['terraform.tfvars', 'terraform.tfvars.json'].filter((name) => inFolder.includes(name)),
    ...inFolder.filter((name) => /\.auto\.tfvars(\.json)?$/.test(name)),
  ].map((name) => (root === '.' ? name : `${root}/${name}`))
}

/** Values in variable files are constants: neither names nor functions are known there. */
export function toAssignment(attribute: Attribute, budget: Budget): Assignment {
  const { source, expression } = attribute
  return {
    origin: { source, start: expression.start, end: expression.end },
    evaluate: () =>
      evaluate(expression, {
        source,
        budget,
        evaluate,
        names: { resolve: (node) => refuse(`${JSON.stringify(node.root)} may not be used in a variable file`) },
        call: (name) => refuse(`the function ${name} may not be used in a variable file`),
      }),
  }
}
