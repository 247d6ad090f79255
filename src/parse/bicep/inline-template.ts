import { get, type UnknownValue } from '../../base/value.ts'
import { ArmDeployment } from '../template/arm-deployment.ts'
import { argumentsOf } from '../template/parameter-file.ts'
import { NO_ARGUMENTS, type Rendered } from '../template/rendered.ts'
import type { Run } from '../template/run.ts'
import type { DeployedResource } from './deployed-resource.ts'

/** Adds the resources of the template that a `Microsoft.Resources/deployments` resource loads or writes out. */
export function renderInlineTemplate(
  resource: DeployedResource,
  run: Run,
  into: Rendered[],
  maybe: UnknownValue | undefined,
): void {
  if (resource.type.toLowerCase() !== 'microsoft.resources/deployments') return
  const properties = resource.property('properties')
  const template = get(properties, 'template')
  if (template?.kind !== 'map') return
  const parameters = get(properties, 'parameters')
  const deployment = new ArmDeployment({
    run,
    template,
    given: parameters === undefined ? NO_ARGUMENTS : argumentsOf(parameters),
    prefix: `${resource.address}.`,
    scope: resource.deployedTo(),
    stack: [''],
  })
  deployment.render(into, maybe)
}
