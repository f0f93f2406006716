import SystemPackage

/// The outcome of the suite, in the Test Anything Protocol: one line a check, as it is made.
final class Report {
    private(set) var count = 0
    private(set) var failures = 0

    func check(_ title: String, _ isRight: Bool, _ detail: @autoclosure () -> String = "") {
        count += 1
        if isRight {
            say("ok \(count) - \(title)")
        } else {
            failures += 1
            say("not ok \(count) - \(title)")
            for line in detail().split(separator: "\n") { say("# \(line)") }
        }
    }

    func note(_ text: String) { say("# \(text)") }

    func end() { say("1..\(count)") }

    /// Past every buffer: whoever waits for the report reads it through a pipe.
    private func say(_ line: String) {
        do {
            try FileDescriptor.standardOutput.writeAll("\(line)\n".utf8)
        } catch {
            // Nobody reads any more; the counts still decide the exit status.
            failures += 1
        }
    }
}
