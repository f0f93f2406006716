// What it costs to know who calls.
//
//   BenchmarkTokens
//
// Processor time of validating a token that was seen before, of one that was not, of the answer to a service that
// validates it over HTTP (without the socket), and of signing in. Ends with 1 where the promise is not kept: at most 30
// µs for a token that was seen before. The figures mean something in a release build.

import API
import Access
import Foundation
import HTTPTypes
import Identity
import Logging
import Model
import StoreSQLite

let promised = 30.0
let folder = FileManager.default.temporaryDirectory.path + "/benchmark-tokens-\(UUID().uuidString)"
let store = try await SQLiteStore.temporary(migrations: IdentityMigrations.all)
try FileManager.default.createDirectory(
    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
defer { try? FileManager.default.removeItem(atPath: folder) }
let identity = IdentityService(
    store: store, codec: TokenCodec(keyring: try await FernetKeyring.loadOrCreate(folder: folder)),
    hasher: PasswordHasher(cost: 4))
var plan = BootstrapPlan(adminPassword: Secret("right horse"))
plan.catalog = ["identity", "placement", "accelerator", "image", "compute"].map {
    .init(type: $0, name: $0, url: "http://127.0.0.1/\($0)")
}
_ = try await identity.bootstrap(plan)
let authenticator = identity.authenticator()
let authorizer = PolicyAuthorizer(engine: try PolicyEngine(rules: IdentityPolicy.rules), wording: .identity)
let dispatcher = Dispatcher(
    [identity.service(authenticator: authenticator, authorizer: authorizer)],
    logger: Logger(label: "benchmark", factory: { _ in SwiftLogNoOpLogHandler() }))

let signIn = """
    {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","domain":{"id":"default"},
    "password":"right horse"}}},"scope":{"project":{"name":"admin","domain":{"id":"default"}}}}}
    """
let signInRequest = APIRequest(
    .post, "/identity/v3/auth/tokens", headers: [.contentType: "application/json"], body: Array(signIn.utf8))
let signedIn = await dispatcher.respond(to: signInRequest)
guard let token = signedIn.headers[.subjectToken] else {
    print("the sign-in failed: \(signedIn.status)")
    exit(1)
}
let credentials = Credentials(headers: [.authToken: token])
let show = APIRequest(
    .get, "/identity/v3/auth/tokens", headers: [.authToken: token, .subjectToken: token])
let model = APIRequest(.get, "/identity/v3/limits/model", headers: [.authToken: token])
let version = APIRequest(.get, "/identity/v3")

let seen = try await Cost.measure("a token that was seen before") {
    guard try await authenticator.authenticate(credentials) != nil else { throw Fault.unauthorized() }
}
let source = identity.tokenSource
_ = try await Cost.measure("a token that was not") {
    guard try await source.caller(for: Secret(token), allowExpired: false) != nil else { throw Fault.unauthorized() }
}
_ = try await Cost.measure("the answer to a service that validates") {
    guard await dispatcher.respond(to: show).status == 200 else { throw Fault.unauthorized() }
}
_ = try await Cost.measure("a small answer that needs a token") {
    guard await dispatcher.respond(to: model).status == 200 else { throw Fault.unauthorized() }
}
_ = try await Cost.measure("a small answer that needs none") {
    guard await dispatcher.respond(to: version).status == 200 else { throw Fault.unauthorized() }
}
_ = try await Cost.measure("a sign-in, with the cheapest hash") {
    guard await dispatcher.respond(to: signInRequest).status == 201 else { throw Fault.unauthorized() }
}
await store.close()
if seen > promised {
    print("a token that was seen before may cost \(promised) µs")
    exit(1)
}
