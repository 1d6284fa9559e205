{
  description = "Finds the error codes in logs and explains them";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      for = nixpkgs.lib.genAttrs systems;
      cargo = (builtins.fromTOML (builtins.readFile ./Cargo.toml)).package;
    in
    {
      packages = for (
        system:
        let
          pkgs = nixpkgs.legacyPackages.${system};
        in
        {
          default = pkgs.rustPlatform.buildRustPackage {
            pname = cargo.name;
            inherit (cargo) version;
            src = self;
            cargoLock.lockFile = ./Cargo.lock;
            # The tests need a network of their own, strace and editors: tests/all.sh runs them.
            doCheck = false;
            nativeBuildInputs = [ pkgs.installShellFiles ];
            postInstall = ''
              $out/bin/hexplain man > hexplain.1
              installManPage hexplain.1
              installShellCompletion --cmd hexplain \
                --bash <($out/bin/hexplain completions bash) \
                --zsh <($out/bin/hexplain completions zsh) \
                --fish <($out/bin/hexplain completions fish)
            '';
            meta = {
              inherit (cargo) description homepage;
              license = with pkgs.lib.licenses; [
                mit
                asl20
              ];
              mainProgram = "hexplain";
            };
          };
        }
      );
    };
}
