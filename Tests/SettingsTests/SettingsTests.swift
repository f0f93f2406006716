import Model
import Settings
import Testing

@Suite("Settings")
struct SettingsTests {
    struct NoFiles: SecretFiles {
        func secret(at path: String) throws(SecretFileFault) -> Secret {
            guard path == "/secret" else { throw SecretFileFault("cannot be read") }
            return Secret("opens")
        }
    }

    func read(_ yaml: String, _ environment: [String: String] = [:]) throws -> Settings {
        try Settings(
            file: (yaml, "kilonova.yaml"), environment: environment, files: NoFiles(), services: Sample.services)
    }

    func problems(_ yaml: String, _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try read(yaml, environment)
            return []
        } catch let fault as SettingsFault {
            return fault.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test("an empty file is all defaults")
    func defaults() throws {
        let settings = try read("")
        #expect(settings.listen.address == "127.0.0.1:7780")
        #expect(settings.auth.strategy == .embedded)
        #expect(settings.services.enabled == [Sample.first, Sample.second])
        let section: Sample.Section = settings.section(of: Sample.first)
        #expect(section == Sample.Section(pause: .seconds(60), speaks: false))
    }

    @Test("the environment wins over the file, the command line over both")
    func precedence() throws {
        let yaml = "listen: {address: '127.0.0.1:1'}"
        let variables = ["KILONOVA_LISTEN__ADDRESS": "127.0.0.1:2", "KILONOVA_LEAVES": "1", "HOME": "/"]
        #expect(try read(yaml).listen.address == "127.0.0.1:1")
        #expect(try read(yaml, variables).listen.address == "127.0.0.1:2")
        let overridden = try Settings(
            file: (yaml, "k"), environment: variables, overrides: ["listen.address": .text("127.0.0.1:3")],
            services: Sample.services)
        #expect(overridden.listen.address == "127.0.0.1:3")
    }

    @Test("an unknown key is refused with its line and the nearest name")
    func unknown() {
        #expect(
            problems("listen:\n  adress: '127.0.0.1:1'") == [
                "kilonova.yaml:2: 'listen.adress' is not a key; did you mean 'listen.address'?"
            ])
        #expect(
            problems("", ["KILONOVA_LOG__LEVLE": "info"]) == [
                "KILONOVA_LOG__LEVLE: 'log.levle' is not a key; did you mean 'log.level'?"
            ])
        #expect(problems("colour:\n  sky: blue") == ["kilonova.yaml:2: 'colour.sky' is not a key"])
    }

    @Test(
        "a wrong value says what would be right",
        arguments: [
            ("log: {level: loud}", "one of trace, debug, info, notice, warning, error, critical"),
            ("database: {connections: 0}", "a number from 1 to 256"),
            ("database: {connections: [1]}", "is a list; it must be a number"),
            ("first: {pause: soon}", "a time span such as 30s, 5m or 2h"),
            ("first: {speaks: perhaps}", "true or false"),
            ("services: {enabled: [second, neutron]}", "names 'neutron'; it must be of first, second"),
            ("database: {url: 'mysql://x'}", "must begin with sqlite:/// or postgresql://"),
            ("listen: {certificate: /c.pem}", "certificate and private_key belong together"),
            ("auth: {auth_strategy: keystone}", "'keystone.auth_url' is needed"),
            ("agent: {partitions: [gpu]}", "it must be a list of mappings"),
            ("database: {password_file: /nowhere}", "names '/nowhere', which cannot be read"),
            ("log: loud", "'log' is a word; a section holds keys"),
            ("- log", "holds a list at the top"),
            ("log: {level: [", "is not YAML"),
        ])
    func wrong(yaml: String, part: String) throws {
        let found = problems(yaml)
        #expect(found.count == 1)
        #expect(try #require(found.first).contains(part), "\(found)")
    }

    @Test("every problem is told at once")
    func all() {
        #expect(problems("log: {level: loud, acess: true}\ndatabase: {connections: 0}").count == 3)
    }

    @Test("a secret comes from its file and never prints")
    func secret() throws {
        let settings = try read("database: {password_file: /secret}")
        #expect(settings.database.password?.revealed == "opens")
        #expect(!"\(settings)".contains("opens"))
    }

    @Test(
        "time spans",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("30", .seconds(30)), ("30s", .seconds(30)), ("5m", .seconds(300)),
            ("2h", .seconds(7200)), ("30d", .seconds(2_592_000)),
        ])
    func spans(text: String, value: Duration) throws {
        #expect(try read("listen: {drain_time: \(text)}").listen.drainTime == value)
    }

    @Test("device_spec keeps its entries as they stand")
    func deviceSpec() throws {
        let settings = try read("pci:\n  device_spec:\n    - {vendor_id: '10de', address: {bus: '0a'}}")
        #expect(
            settings.pci.deviceSpec == [
                .mapping([
                    .init(key: "vendor_id", value: .text("10de"), line: 3),
                    .init(key: "address", value: .mapping([.init(key: "bus", value: .text("0a"), line: 3)]), line: 3),
                ])
            ])
    }

    @Test("every key is declared once, and the reference names each")
    func reference() {
        let keys = Settings.keys(Sample.services)
        let paths = keys.map(\.path)
        #expect(Set(paths).count == paths.count)
        let page = SettingsReference.markdown(Sample.services)
        #expect(paths.contains("policy.second_file") && paths.contains("first.pause"))
        for key in keys { #expect(page.contains("`\(key.variable)`")) }
    }
}
