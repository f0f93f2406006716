/// A weakness of the reference that is not here: what is done in its place. The numbers are the contract's.
struct Weakness: Sendable {
    let number: String
    let here: String

    init(_ number: String, _ here: String) {
        self.number = number
        self.here = here
    }

    static let all: [Weakness] = [
        .init("W1", "devices are for managers and administrators; with the legacy defaults for administrators only"),
        .init("W2", "a role of the project is required: member to create and delete requests"),
        .init("W3", "a request belongs to the project that created it or to the instance's owner; a bind keeps that"),
        .init("W4", "deleting a profile in use is refused with a sentence; no text of the database leaves the program"),
        .init("W5", "a response of 500 contains the request's id and nothing else"),
        .init("W6", "a tenant's data are removed before the next tenant; what cannot be cleaned is quarantined"),
        .init("W7", "disabling a device withholds all its providers"),
        .init("W8", "what is withheld stays so whatever is reported; an administrator's own reservation is restored"),
        .init("W9", "a handle that disappeared is found by its content"),
        .init("W10", "unbinding cannot fail; a handle whose preparation cannot be undone is quarantined"),
        .init("W11", "one PATCH is one transaction: all of it or nothing; failures are reported"),
        .init("W12", "binding does not depend on the compute service's response"),
        .init("W13", "every response of Placement is checked; a changed generation is read again"),
        .init("W14", "every resource class is created; a trait is not deleted with its providers"),
        .init("W15", "a device that disappears while it is held is missing; the rest of the report is applied"),
        .init("W16", "a failing driver affects only its own devices"),
        .init(
            "W17",
            "a provider belongs to the host that reported it first; another host's is left out with a line in the log"),
        .init("W18", "deployables are found by their provider or within their host, never only by name"),
        .init("W19", "traits are valid names, images are loaded at the right address, no name of a cloud is built in"),
        .init("W20a", "a uuid is checked before anything is stored"),
        .init("W20", "an invalid profile is refused, and the message names the place"),
        .init("W21", "a device's state is derived from its handles when it is requested; reading writes nothing"),
        .init("W22", "a function has its own type, its parent and its vendor's trait"),
        .init("W23", "a virtual function is never offered as a whole card"),
        .init("W24", "mediated devices survive a reboot: the agent of their own host defines them"),
        .init("W25", "a host that is gone does not delay a delete"),
        .init("W26", "work that one replica began is completed by another"),
        .init("W27", "after its deadline a binding fails completely, and the compute service is notified"),
        .init("W28", "of two concurrent bindings of one instance one succeeds, on any replicas and for any owners"),
        .init("W29", "existing requests are deleted, then the response is 404 for missing ones"),
        .init("W30", "headers for other services are ignored"),
        .init("W31", "every replica serves everything; a host's reports are ordered by their generation"),
        .init("W32", "an unchanged report writes one row"),
        .init("W33", "reading takes a fixed number of statements, and lists are paginated"),
        .init("W34", "interchangeable functions of a node may be one provider"),
        .init("W35", "hosts, their agents and drivers are listed; a host that is down is withheld"),
        .init("W36", "an agent waits for the compute service's provider without limit"),
        .init("W37", "devices are read from the kernel's files, without privileges or tools"),
        .init("W38", "unified limits, charged to the owner; usage is shown"),
        .init("W39", "handles have content of any length; types are checked strings"),
        .init("W40", "servers of one call are bound separately, and a service's own token is enough"),
    ]
}
