/// Modules that come with the compiler: no package has to be declared for them.
enum Toolchain {
    static let modules: Set<String> = [
        "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl", "PackageDescription",
        "Synchronization", "Testing",
    ]
}
