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
        .init("W2", "a role of the project is needed: member to make and delete requests"),
        .init("W3", "a request belongs to who made it or whose the instance is; nobody's binding moves it"),
        .init("W4", "a profile that is in use is refused in words; no text of the database leaves the program"),
        .init("W5", "an answer of 500 says the request's id and nothing else"),
        .init("W6", "what a tenant leaves is removed before the next one; what cannot be cleaned is quarantined"),
        .init("W7", "disabling withholds every provider of the device, found by the device"),
        .init("W8", "what is withheld stays so whatever is reported, and comes back as an administrator had it"),
        .init("W9", "the handle that vanished is found by its content"),
        .init("W10", "unbinding cannot fail; a handle whose preparation cannot be undone is quarantined"),
        .init("W11", "one PATCH is one transaction: all of it or nothing, and what fails is told"),
        .init("W12", "binding does not depend on the compute service's answer"),
        .init("W13", "every answer of Placement is heeded; a generation that moved is read again"),
        .init("W14", "every resource class is made; traits are left to those who may use them"),
        .init("W15", "a device that vanishes while it is held is missing; the rest of the report counts"),
        .init("W16", "a driver that fails costs its own devices' news only"),
        .init(
            "W17",
            "a provider belongs to the host that reported it first; another host's is left out with a line in the log"),
        .init("W18", "deployables are found by their provider or within their host, never by name alone"),
        .init("W19", "traits are valid names, images are loaded at the right address, no cloud's name is built in"),
        .init("W20a", "a uuid is checked before anything is stored"),
        .init("W20", "a profile's faults are refused, each with its place"),
        .init("W21", "a device's state is summed up from its handles when it is asked for; reading writes nothing"),
        .init("W22", "a function has its own type, its parent and its vendor's trait"),
        .init("W23", "a virtual function is never offered as a whole card"),
        .init("W24", "mediated devices are defined to outlive a reboot, by the agent of their own host"),
        .init("W25", "a host that is gone holds up no delete"),
        .init("W26", "what one replica began another ends"),
        .init("W27", "past its deadline a binding fails as a whole, and that is told"),
        .init("W28", "of two bindings of one instance one passes, on whichever replicas, whoever's the requests are"),
        .init("W29", "what is there is deleted; then 404 for what is not"),
        .init("W30", "headers for other services are passed over"),
        .init("W31", "every replica serves everything; a host's reports are put in order by their generation"),
        .init("W32", "an unchanged report writes one row"),
        .init("W33", "reading takes a fixed number of statements, and lists page"),
        .init("W34", "interchangeable functions of a node may be one provider"),
        .init("W35", "hosts, their agents and drivers are listed; a host that is down is withheld"),
        .init("W36", "an agent waits for the compute service's provider as long as it takes"),
        .init("W37", "devices are read from the kernel's files, without rights or tools"),
        .init("W38", "unified limits, charged to the owner, with usage shown"),
        .init("W39", "handles hold content of any length, and types are texts that are checked"),
        .init("W40", "servers of one call are bound each for itself, and a service's own token is enough"),
    ]
}
