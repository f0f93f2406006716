import API

/// What version 2.5 brings: binds that hold to what was claimed, reasons on requests, hosts that can be removed, idempotency keys and dry runs.
enum Accountability {
    static let version = APIVersion.accountability
}
