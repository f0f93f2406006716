import SystemPackage

extension HostRecorder {
    /// Records a host to a new file that only its owner may read, because it contains serial numbers and addresses.
    /// Throws if a file or link exists at the path.
    public static func record(
        root: SysfsRoot, note: String = "", to path: String
    ) throws(RecordingFault) -> Int {
        let bytes = record(root: root, note: note)
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: [.ownerReadWrite])
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch Errno.fileExists {
            throw RecordingFault(line: 0, text: "\(path) is there already; name a file that is not")
        } catch {
            throw RecordingFault(line: 0, text: "\(path) could not be written: \(error)")
        }
        return bytes.count
    }
}
