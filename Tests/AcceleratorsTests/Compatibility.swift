/// What clients rely on and stays as it is. The numbers are those of the contract's checklist.
struct Compatibility: Sendable {
    let number: Int
    let point: String
    /// Tests by their names, as they stand in the sources.
    let tests: [String]
    /// Whether it does not hold, or does in another way; then there are no tests, and `point` says what is so.
    let isOpen: Bool

    init(_ number: Int, _ point: String, _ tests: String...) {
        self.number = number
        self.point = point
        self.tests = tests
        isOpen = false
    }

    init(_ number: Int, open point: String) {
        self.number = number
        self.point = point
        tests = []
        isOpen = true
    }

    static let all: [Compatibility] = [
        .init(
            1, "the discovery documents, open to anyone, and paths without a version",
            "the version documents need no token", "a path without version, with a slash or a suffix is the same"),
        .init(2, "both forms of the version header, and 2.0 without one", "versions are negotiated by header"),
        .init(
            3, "names and null values of every key, strings in a handle's content, an empty handle type while unbound",
            "a request is made for each accelerator of each group", "binding gives a handle, unbinding takes it back",
            "a reported device shows as the wire has it", "deployables show with their attributes"),
        .init(
            4, "the status codes, three of them 500 up to 2.3", "statuses that published clients assert",
            "an unknown or empty profile is 404, a missing one 400", "the contract's own 500s end with 2_3"),
        .init(5, "`devices` and `deployables` as the first keys of their lists", "devices, deployables and requests"),
        .init(
            6, "errors encoded twice, with the sentence about the service token", "errors are encoded twice",
            "the service token's gate says what it wants"),
        .init(
            7, "the service token's gate, and 404 for another project's requests", "who may do what, on whose objects",
            "another project's request is not there"),
        .init(8, "deleting by instance is idempotent", "deleting by instance is idempotent and gives handles back"),
        .init(
            9, "events to the compute service at 2.82, one for each request; 422 is tolerated",
            "the request is what the compute service expects",
            "unknown instances are tried again, trouble is thrown, refusals are final"),
        .init(10, "the fake driver's provider, class, trait and handles", "looksLikeTheReferences"),
        .init(
            11, "names and ids of providers as upstream's drivers make them", "providerIdentifiers", "thereAndBack"),
        .init(
            12,
            open:
                "the tables of a running Cyborg are not imported; that work has not begun. Devices come with the agents' "
                + "reports, under the providers that they had; profiles must be created again, and requests of running servers "
                + "are not taken over"),
        .init(
            13, "the policy's rules with upstream's names, in oslo.policy's syntax",
            "accelerator: legacy defaults do not open the devices to every project"),
        .init(
            14, open: "the options have different names, listed below"),
    ]
}
