/**
 * Whether a machine is at work and not a person: then nothing is told, whatever the settings say.
 *
 * Source of the variables: ci-info 4.5.0 (Thomas Watson Steen and others, MIT). Hosts that set them where programs run for
 * good, and not only where they are built, count as well: to tell too little is the better mistake.
 */
const VARIABLES = `
BUILD_ID BUILD_NUMBER CI CI_APP_ID CI_BUILD_ID CI_BUILD_NUMBER CI_NAME CONTINUOUS_INTEGRATION RUN_ID
AC_APPCIRCLE AGOLA_GIT_REF ALPIC_HOST APPCENTER_BUILD_ID APPVEYOR BITBUCKET_COMMIT BITRISE_IO BUDDY_WORKSPACE_ID
BUILDER_OUTPUT BUILDKITE CAPAWESOME_CLOUD CF_BUILD_ID CF_PAGES CIRCLECI CIRRUS_CI CI_XCODE_PROJECT CM_BUILD_ID
CODEBUILD_BUILD_ARN DRONE DSARI EARTHLY_CI EAS_BUILD GERRIT_PROJECT GITEA_ACTIONS GITHUB_ACTIONS GITLAB_CI
GO_PIPELINE_LABEL HARNESS_BUILD_ID HUDSON_URL JENKINS_URL LAYERCI MAGNUM NETLIFY NEVERCODE NOW_BUILDER PROW_JOB_ID
RELEASE_BUILD_ID RENDER RWX SAILCI SCREWDRIVER SEMAPHORE STRIDER TEAMCITY_VERSION TF_BUILD TRAVIS VELA VERCEL WORKERS_CI
XCS bamboo_planKey
`;

export type TelemetryEnv = Readonly<Record<string, string | undefined>>;

/** The variable that says so; undefined where none does, or where `CI=false` says the opposite. */
export function ciVariable(env: TelemetryEnv): string | undefined {
  if (env['CI'] === 'false') return undefined;
  return VARIABLES.trim()
    .split(/\s+/)
    .find((name) => Boolean(env[name]));
}
