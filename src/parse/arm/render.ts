import type { Tree } from '../../source/tree.ts'
import type { UnitRequest } from '../front-end.ts'
import type { RenderedUnit } from '../resource.ts'
import { ArmDeployment } from '../template/arm-deployment.ts'
import { templateLevel } from '../template/arm-scope.ts'
import { entryScope } from '../template/deployment-scope.ts'
import { finishUnit } from '../template/finish-unit.ts'
import { readJson, readJsonParameters } from '../template/parameter-file.ts'
import type { Rendered } from '../template/rendered.ts'
import { Run } from '../template/run.ts'

/** Renders an ARM template with the parameter files that the request names. */
export function renderArm(tree: Tree, request: UnitRequest): RenderedUnit {
  const run = new Run(tree)
  const resources: Rendered[] = []
  const template = readJson(request.path, run)
  if (template?.kind === 'map') {
    const files = request.inputs.map((path) => readJsonParameters(path, run)).reverse()
    const deployment = new ArmDeployment({
      run,
      template,
      given: (name) => {
        for (const file of files) {
          const value = file(name)
          if (value !== undefined) return value
        }
        return undefined
      },
      prefix: '',
      scope: entryScope(templateLevel(template), template.origin),
      stack: [request.path],
    })
    deployment.render(resources, undefined)
  } else {
    run.incomplete = true
    if (template !== undefined) run.report({ code: 'not-rendered', message: 'not a template', at: template.origin })
  }
  return finishUnit(run, request, resources)
}
