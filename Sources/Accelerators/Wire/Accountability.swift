import API

/// What version 2.5 brings: binds that hold to what was claimed, reasons on requests, and hosts that can be removed.
enum Accountability {
    static let version = APIVersion.accountability
}
