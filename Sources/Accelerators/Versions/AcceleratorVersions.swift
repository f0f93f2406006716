import API

/// The versions of the accelerator API: to 2.3 as the original has them, then this program's own.
extension APIVersion {
    static let initial = APIVersion(2, 0, "Devices, deployables, attributes, device profiles and accelerator requests.")
    static let requestProjects = APIVersion(2, 1, "The project of an accelerator request is set when it is bound.")
    static let profilesByName = APIVersion(2, 2, "Device profiles are shown by name, not only by id.")
    static let deviceStatus = APIVersion(2, 3, "Devices have a status, and are enabled and disabled.")
    static let operations = APIVersion(
        2, 4,
        "Pages, states, attach handles, hosts, drivers, events, limits, certificates of cleaning, entity tags, waiting."
    )
    static let accountability = APIVersion(
        2, 5,
        "Binds hold to what was claimed, requests have a reason, hosts can be removed, idempotency keys and dry runs."
    )
    static let programming = APIVersion(
        2, 6, "A deployable is programmed while the caller goes on; progress and results are listed.")

    static let accelerator: [APIVersion] = [
        initial, requestProjects, profilesByName, deviceStatus, operations, accountability, programming,
    ]
}
