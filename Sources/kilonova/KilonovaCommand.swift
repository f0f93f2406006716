import ArgumentParser
import ControlPlane
import FoundationEssentials
import KeyFiles

@main
struct KilonovaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kilonova",
        abstract: "An accelerator-aware compute control plane, compatible on the wire with OpenStack.",
        version: ProgramVersion.text,
        subcommands: [
            DevCommand.self, ServerCommand.self, BootstrapCommand.self, AccountCommand.self, EnrolmentCommand.self,
            RevocationCommand.self, AgentCommand.self, VerifyCommand.self, TokenKeyCommand.self,
            CertificateKeyCommand.self, MasterKeyCommand.self, BackupCommand.self, RestoreCommand.self,
            HostCommand.self, DriverCommand.self,
            DeployableCommand.self, HandleCommand.self, EventCommand.self, CertificateCommand.self, LimitsCommand.self,
            BindCommand.self, BindingsCommand.self, UnbindCommand.self, DocumentsCommand.self,
        ])

    static func main() async {
        OwnFiles.keepPrivate()
        HeapTuning.boundArenas(cores: ProcessInfo.processInfo.activeProcessorCount)
        await withDiscardingTaskGroup { group in
            group.addTask { await HeapTuning.giveBack(every: .seconds(30)) }
            await main(nil)
            group.cancelAll()
        }
    }
}
