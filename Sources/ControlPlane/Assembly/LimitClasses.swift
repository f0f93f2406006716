import Accelerators
import Clients
import Drivers
import FoundationEssentials
import HTTPTypes
import Model
import Settings

/// The resource classes in which this cloud counts accelerators: those that its hosts offer, those that device profiles
/// request, and those that `device_spec` of the configuration names.
enum LimitClasses {
    /// The classes in `device_spec` and similar keys. Throws 400 for an invalid entry.
    static func configured(_ settings: Settings) throws(Fault) -> Set<ResourceClass> {
        var classes: Set<ResourceClass> = []
        let specs = try read("") { () throws(DeviceSpecFault) in try DeviceSpec.configured(settings.pci).specs }
        for spec in specs {
            if let named = spec.resourceClass { classes.insert(named) }
            guard spec.group != nil else { continue }
            let kind = spec.groupType.map { "CUSTOM_PCI_GROUP_\(ProviderNames.symbol($0))" } ?? "CUSTOM_PCI_GROUP"
            if let named = ResourceClass(kind) { classes.insert(named) }
        }
        for value in settings.nvme.deviceSpec {
            let specs = try read("nvme.device_spec: ") { () throws(DeviceSpecFault) in
                try DeviceSpec.list(SpecValue(value))
            }
            classes.formUnion(specs.compactMap(\.resourceClass))
        }
        for value in settings.mdev.deviceSpec {
            let spec = try read("mdev.device_spec: ") { () throws(DeviceSpecFault) in try MdevSpec(SpecValue(value)) }
            if let named = spec.resourceClass {
                classes.insert(named)
            } else if spec.type != "*", let named = ResourceClass("CUSTOM_MDEV_\(ProviderNames.symbol(spec.type))") {
                classes.insert(named)
            }
        }
        for case .mapping(let entries) in settings.fake.fleet {
            if case .text(let name)? = entries.last(where: { $0.key == "resource_class" })?.value,
                let named = ResourceClass(name)
            {
                classes.insert(named)
            }
        }
        return classes
    }

    private static func read<Spec>(
        _ place: String, _ body: () throws(DeviceSpecFault) -> Spec
    ) throws(Fault) -> Spec {
        do throws(DeviceSpecFault) {
            return try body()
        } catch {
            throw .badRequest("\(place)\(error)")
        }
    }

    /// The classes that hosts offer and profiles request, from the accelerator service, whose address in the catalog
    /// includes `/v2`. Throws 503 if it does not respond.
    static func known(to service: ServicePeer) async throws(Fault) -> Set<ResourceClass> {
        var names: [String] = []
        let limits = try await get(Limits.self, "/limits", service)
        names += limits.limits.map(\.resource).filter { $0.hasPrefix(DefaultLimits.prefix) }.map {
            String($0.dropFirst(DefaultLimits.prefix.count))
        }
        var marker: String?
        repeat {
            let query = marker.map { "&marker=\($0)" } ?? ""
            let page = try await get(Profiles.self, "/device_profiles?limit=1000\(query)", service)
            for profile in page.profiles {
                for key in profile.groups.flatMap(\.keys) where key.hasPrefix("resources:") {
                    names.append(String(key.dropFirst("resources:".count)))
                }
            }
            marker = page.next == nil ? nil : page.profiles.last?.uuid
        } while marker != nil
        return Set(names.compactMap { ResourceClass($0) })
    }

    private static func get<Answer: Decodable>(
        _ type: Answer.Type, _ path: String, _ service: ServicePeer
    ) async throws(Fault) -> Answer {
        let answer = try await service.send(service.request(.get, path, version: Microversion(2, 4)))
        guard answer.status == 200, let read = try? JSONDecoder().decode(type, from: Data(answer.body)) else {
            throw .unavailable("The accelerator service answered \(answer.status) to GET \(path).")
        }
        return read
    }

    private struct Limits: Decodable {
        let limits: [One]

        struct One: Decodable {
            let resource: String
        }
    }

    private struct Profiles: Decodable {
        let profiles: [Profile]
        let next: [Next]?

        struct Profile: Decodable {
            let uuid: String
            let groups: [[String: String]]
        }

        struct Next: Decodable {
            let href: String
        }

        enum CodingKeys: String, CodingKey {
            case profiles = "device_profiles"
            case next = "device_profiles_links"
        }
    }
}
