/// What a target declares in the manifest is what its sources import, no less and no more.
enum DependencyRule {
    static func findings(target: Manifest.Target, imports: Set<String>) -> Set<String> {
        let needed = imports.subtracting(Toolchain.modules).subtracting([target.name])
        let undeclared = needed.subtracting(target.dependencies).map {
            "\(target.name) imports \($0), which Package.swift does not declare for it"
        }
        let unused = target.dependencies.subtracting(target.inherited).subtracting(needed).map {
            "\(target.name) declares \($0) in Package.swift, and no source of it imports that"
        }
        return Set(undeclared + unused)
    }
}
