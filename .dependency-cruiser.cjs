// Which way imports may point (STYLE.md, "Layout"). Every rule carries its reason, and tests/house/dependency-rules.test.ts
// shows each of them firing on an injected violation.

const testCode = "(\\.test\\.tsx?$|^tests/|^testkit/|/tests/|^bench/)";

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Two files that need each other are one idea in two places; neither can be read or tested alone.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "proto-is-a-leaf",
      comment: "Contracts outlive the code behind them; if they import it, every consumer depends on it too.",
      severity: "error",
      from: { path: "^proto/" },
      to: { pathNot: ["^proto/", "node_modules/@bufbuild/"] },
    },
    {
      name: "runtime-knows-no-service",
      comment: "Runtime is how any service runs. One business word in it and it serves one service only.",
      severity: "error",
      from: { path: "^runtime/", pathNot: testCode },
      to: { path: "^(proto|services|mesh|simulators|testkit|tests|console)/" },
    },
    {
      name: "integration-knows-no-service",
      comment: "The journal and its queue serve every service; what one of them means by an object stays there.",
      severity: "error",
      from: { path: "^integration/", pathNot: testCode },
      to: { path: "^(proto/gen/dozor/(registry|tracking|monitoring)|services|mesh|simulators|testkit|tests|console)/" },
    },
    {
      name: "services-meet-in-proto",
      comment: "A service that imports another cannot be deployed, tested or changed without it.",
      severity: "error",
      from: { path: "^services/([^/]+)/" },
      to: { path: "^services/", pathNot: "^services/$1/" },
    },
    {
      name: "registry-calls-nobody",
      comment:
        "The permitted call graph: registry is upstream of everything, so an import of another contract is a cycle between services.",
      severity: "error",
      from: { path: "^services/registry/src/" },
      to: { path: "^proto/gen/dozor/(tracking|monitoring)/" },
    },
    {
      name: "tracking-only-hears-registry",
      comment:
        "The permitted call graph: tracking learns assets from registry's events and never calls registry or monitoring.",
      severity: "error",
      from: { path: "^services/tracking/src/" },
      to: { path: "^proto/gen/dozor/(monitoring/|registry/v1/(registry|source)_pb)" },
    },
    {
      name: "console-knows-only-proto",
      comment: "If the console needs something that no contract gives, the contract grows; there is no back door.",
      severity: "error",
      from: { path: "^console/", pathNot: testCode },
      to: { path: "^(runtime|services|mesh|simulators|testkit|tests)/" },
    },
    {
      name: "simulators-stand-alone",
      comment: "A simulator that shares code with the adapter shares its misunderstandings.",
      severity: "error",
      from: { path: "^simulators/", pathNot: testCode },
      to: { path: "^(proto|runtime|services|mesh|testkit|tests|console)/" },
    },
    {
      name: "test-code-stays-in-tests",
      comment: "Production code that imports test support ships it.",
      severity: "error",
      from: { pathNot: testCode },
      to: { path: ["\\.test\\.tsx?$", "^tests/", "^testkit/", "^services/[^/]+/tests/"] },
    },
    {
      name: "bench-measures-what-is-shared",
      comment: "A benchmark of one service belongs to that service; here are the machines that all of them stand on.",
      severity: "error",
      from: { path: "^bench/" },
      to: { path: "^(services|simulators|tests|console)/" },
    },
    {
      name: "nobody-imports-bench",
      comment: "What another needs of a benchmark is not part of measuring.",
      severity: "error",
      from: { pathNot: "^bench/" },
      to: { path: "^bench/" },
    },
    {
      name: "domain-is-pure",
      comment:
        "Rules that touch no network, clock, table or package can be read aloud to the risk department and tested by table.",
      severity: "error",
      from: { path: "^services/[^/]+/src/domain/", pathNot: testCode },
      to: { pathNot: ["^services/[^/]+/src/domain/", "^proto/gen/dozor/"] },
    },
    {
      name: "store-knows-domain-only",
      comment: "SQL that knows who calls it cannot be shared by an RPC, an event and a job.",
      severity: "error",
      from: { path: "^services/[^/]+/src/store/", pathNot: testCode },
      to: { path: "^services/[^/]+/src/(rpc|consumers|jobs|clients|service\\.ts|config\\.ts|main\\.ts)" },
    },
    {
      name: "clients-know-no-store",
      comment:
        "An adapter of an outside system is replaced as one file; what it fetched is stored by whoever called it.",
      severity: "error",
      from: { path: "^services/[^/]+/src/clients/", pathNot: testCode },
      to: { path: "^services/[^/]+/src/(rpc|consumers|jobs|store|service\\.ts|main\\.ts)" },
    },
    {
      name: "entry-points-do-not-call-each-other",
      comment:
        "A call has a caller waiting, an event comes again, a job runs alone: what two of them share belongs below them.",
      severity: "error",
      from: { path: "^services/([^/]+)/src/(rpc|consumers|jobs)/", pathNot: testCode },
      to: { path: "^services/$1/src/(rpc|consumers|jobs)/", pathNot: "^services/$1/src/$2/" },
    },
    {
      name: "one-composition-root",
      comment: "Nothing starts that is not on the page service.ts; whoever imports it builds a second service.",
      severity: "error",
      from: { path: "^services/[^/]+/src/", pathNot: ["^services/[^/]+/src/main\\.ts$", testCode] },
      to: { path: "^services/[^/]+/src/(service|main)\\.ts$" },
    },
    {
      name: "declared-packages-only",
      comment: "A package that is not in this package's own package.json is there by accident of hoisting.",
      severity: "error",
      from: {},
      // A package of types alone goes by the name of what it describes.
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"], pathNot: "^topojson-specification$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["/dist/", "\\.dozor/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "bun", "default"],
      extensions: [".ts", ".tsx", ".js", ".json"],
    },
    builtInModules: { add: ["bun", "bun:test", "bun:jsc", "bun:sqlite"] },
  },
};
