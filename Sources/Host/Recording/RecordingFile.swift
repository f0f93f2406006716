import SystemPackage

extension HostRecorder {
    /// Records a host into a new file that only its owner may read: it holds serial numbers and addresses of the host. A file
    /// that is there already is left alone and refused, and so is a link in its place.
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
